// Package i18n gives people the product's texts in their language: Vietnamese,
// English and Polish, with plural forms and dates as people say them.
package i18n
